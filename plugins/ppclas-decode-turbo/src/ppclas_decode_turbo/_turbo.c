/* SPDX-FileCopyrightText: 2026 The ppclas authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two things that libjpeg-turbo can do and OpenCV does not offer: decode a part of a JPEG, and write its coefficients
 * anew with restart markers. Whatever is out of the ordinary (a warning, a rare kind of JPEG) is refused, not guessed.
 */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x03090000 /* one wheel for Python 3.9 and all later ones */
#include <Python.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>

#ifndef LIBJPEG_TURBO_VERSION
#error "this needs the headers of libjpeg-turbo, not those of another libjpeg"
#endif

/* The limited API has Py_buffer since Python 3.11 only. Both functions are part of the stable ABI of every Python 3, but
 * the headers of 3.13 no longer declare them. */
#if PY_VERSION_HEX >= 0x030D0000
PyAPI_FUNC(int) PyObject_AsReadBuffer(PyObject *object, const void **bytes, Py_ssize_t *length);
PyAPI_FUNC(int) PyObject_AsWriteBuffer(PyObject *object, void **bytes, Py_ssize_t *length);
#endif

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf jump;
    long warnings; /* libjpeg's own counter starts anew when the writer of a transcoding begins */
} Errors;

static void on_error(j_common_ptr info)
{
    longjmp(((Errors *)info->err)->jump, 1);
}

static void on_message(j_common_ptr info, int level)
{
    if (level < 0)
        ((Errors *)info->err)->warnings++;
}

static void quiet(Errors *errors)
{
    jpeg_std_error(&errors->base);
    errors->base.error_exit = on_error;
    errors->base.emit_message = on_message;
    errors->warnings = 0;
}

/* One pass over all components, 8 bits, grey or three colours. */
static int is_plain(struct jpeg_decompress_struct *info)
{
    return !jpeg_has_multiple_scans(info) && !info->progressive_mode && !info->arith_code && info->data_precision == 8 &&
           (info->num_components == 1 || info->num_components == 3);
}

/* Decode the box x, y, w, h into out (h, w, 3). 1 when done, 0 when refused.
 *
 * The columns and rows of one MCU around the box are decoded too: interpolating the chroma planes looks at their
 * neighbours, and without them the pixels at the border of the box would differ from those of a whole decode.
 */
static int decode_box(const unsigned char *data, size_t size, unsigned x, unsigned y, unsigned w, unsigned h, int rgb,
                      unsigned char *out)
{
    struct jpeg_decompress_struct info;
    Errors errors;
    unsigned char *volatile row = NULL;
    volatile int done = 0;

    info.err = &errors.base;
    quiet(&errors);
    if (setjmp(errors.jump)) {
        jpeg_destroy_decompress(&info);
        free(row);
        return 0;
    }
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, data, (unsigned long)size);
    jpeg_read_header(&info, TRUE);
    if (is_plain(&info) && w > 0 && h > 0 && (size_t)x + w <= info.image_width && (size_t)y + h <= info.image_height) {
        unsigned wide = info.max_h_samp_factor * DCTSIZE, tall = info.max_v_samp_factor * DCTSIZE;
        JDIMENSION left = x > wide ? x - wide : 0, right = x + w + wide, top = y > tall ? y - tall : 0, width;
        JSAMPROW lines[1];

        info.out_color_space = rgb ? JCS_EXT_RGB : JCS_EXT_BGR;
        jpeg_start_decompress(&info);
        width = (right < info.image_width ? right : info.image_width) - left;
        if (width < info.image_width)
            jpeg_crop_scanline(&info, &left, &width);
        else
            left = 0;
        row = malloc((size_t)info.output_width * 3);
        if (row == NULL)
            longjmp(errors.jump, 1);
        lines[0] = row;
        if (top > 0 && jpeg_skip_scanlines(&info, top) != top)
            longjmp(errors.jump, 1);
        while (info.output_scanline < y)
            jpeg_read_scanlines(&info, lines, 1);
        if (left == x && info.output_width == w)
            for (unsigned line = 0; line < h; line++) {
                lines[0] = out + (size_t)line * w * 3;
                jpeg_read_scanlines(&info, lines, 1);
            }
        else
            for (unsigned line = 0; line < h; line++) {
                jpeg_read_scanlines(&info, lines, 1);
                memcpy(out + (size_t)line * w * 3, row + (size_t)(x - left) * 3, (size_t)w * 3);
            }
        done = errors.warnings == 0;
    }
    jpeg_destroy_decompress(&info);
    free(row);
    return done;
}

/* The same coefficients, sequential, with optimal Huffman tables and a restart marker every `interval` MCUs (0: none).
 * Gives a malloc'ed buffer, or NULL when refused. Markers other than those that decoding needs are left out.
 */
static unsigned char *transcode(const unsigned char *data, size_t size, unsigned interval, unsigned long *length)
{
    struct jpeg_decompress_struct from;
    struct jpeg_compress_struct to;
    Errors errors;
    unsigned char *buffer = NULL;
    volatile int done = 0;

    memset(&from, 0, sizeof from);
    memset(&to, 0, sizeof to);
    from.err = to.err = &errors.base;
    quiet(&errors);
    *length = 0;
    if (setjmp(errors.jump) == 0) {
        jvirt_barray_ptr *coefficients;
        jpeg_create_decompress(&from);
        jpeg_create_compress(&to);
        jpeg_mem_src(&from, data, (unsigned long)size);
        jpeg_read_header(&from, TRUE);
        if (!from.arith_code && from.data_precision == 8 && (from.num_components == 1 || from.num_components == 3)) {
            coefficients = jpeg_read_coefficients(&from);
            jpeg_copy_critical_parameters(&from, &to);
            to.restart_interval = interval;
            to.optimize_coding = TRUE;
            jpeg_mem_dest(&to, &buffer, length);
            jpeg_write_coefficients(&to, coefficients);
            jpeg_finish_compress(&to);
            jpeg_finish_decompress(&from);
            done = errors.warnings == 0;
        }
    }
    jpeg_destroy_compress(&to);
    jpeg_destroy_decompress(&from);
    if (!done) {
        free(buffer);
        return NULL;
    }
    return buffer;
}

/* The pieces of a JPEG in columns left..right of rows top..bottom as a JPEG of their own; NULL when refused.
 *
 * starts[i]..starts[i + 1] are the bytes of piece i with the marker behind it; `columns` pieces make a row. The markers
 * are numbered anew, the last one becomes the end of the image, and the frame header gets the new size.
 */
static unsigned char *splice(const unsigned char *data, size_t size, const unsigned *starts, size_t count,
                             unsigned columns, unsigned left, unsigned right, unsigned top, unsigned bottom,
                             unsigned frame, unsigned height, unsigned width, size_t *length)
{
    unsigned char *made, *to;
    size_t total = starts[0], piece = 0;

    if (left >= right || right > columns || top >= bottom || (size_t)bottom * columns >= count ||
        (size_t)frame + 9 > starts[0])
        return NULL;
    for (size_t i = 0; i + 1 < count; i++)
        if (starts[i] + 2 > starts[i + 1] || starts[i + 1] > size)
            return NULL;
    for (unsigned row = top; row < bottom; row++)
        total += starts[(size_t)row * columns + right] - starts[(size_t)row * columns + left];
    made = malloc(total);
    if (made == NULL)
        return NULL;
    memcpy(made, data, starts[0]);
    made[frame + 5] = height >> 8;
    made[frame + 6] = height & 255;
    made[frame + 7] = width >> 8;
    made[frame + 8] = width & 255;
    to = made + starts[0];
    for (unsigned row = top; row < bottom; row++) {
        const unsigned *at = starts + (size_t)row * columns;
        memcpy(to, data + at[left], at[right] - at[left]);
        for (unsigned column = left; column < right; column++) {
            to += at[column + 1] - at[column];
            to[-1] = 0xD0 + (piece++ & 7);
        }
    }
    to[-1] = 0xD9;
    *length = total;
    return made;
}

/* Bytes of an object that supports the buffer protocol. They stay valid while the caller's argument tuple holds the
 * object: bytes, views of files and arrays that others refer to are not moved. 0: an exception is set. */
static int readable(PyObject *object, const unsigned char **bytes, size_t *length)
{
    const void *start;
    Py_ssize_t size;
    if (PyObject_AsReadBuffer(object, &start, &size) < 0)
        return 0;
    *bytes = start;
    *length = (size_t)size;
    return 1;
}

/* The same for an object that is written to, which must have exactly w * h * 3 bytes. */
static int writable(PyObject *object, unsigned w, unsigned h, unsigned char **bytes)
{
    void *start;
    Py_ssize_t size;
    if (PyObject_AsWriteBuffer(object, &start, &size) < 0)
        return 0;
    if ((size_t)size != (size_t)w * h * 3) {
        PyErr_SetString(PyExc_ValueError, "out has not w * h * 3 bytes");
        return 0;
    }
    *bytes = start;
    return 1;
}

static PyObject *py_decode_pieces(PyObject *module, PyObject *args)
{
    PyObject *data_object, *starts_object, *out_object;
    const unsigned char *data, *starts;
    unsigned char *out;
    size_t data_length, starts_length;
    unsigned columns, left, right, top, bottom, frame, height, width, x, y, w, h;
    int rgb, done = 0;

    if (!PyArg_ParseTuple(args, "OO(IIIII)(III)(IIII)pO", &data_object, &starts_object, &columns, &left, &right, &top,
                          &bottom, &frame, &height, &width, &x, &y, &w, &h, &rgb, &out_object) ||
        !readable(data_object, &data, &data_length) || !readable(starts_object, &starts, &starts_length) ||
        !writable(out_object, w, h, &out))
        return NULL;
    if (starts_length >= 2 * sizeof(unsigned) && height < 65536 && width < 65536) {
        Py_BEGIN_ALLOW_THREADS
        size_t length, count = starts_length / sizeof(unsigned);
        unsigned *copy = malloc(count * sizeof(unsigned)); /* in a file they lie at any address */
        unsigned char *made = NULL;
        if (copy != NULL) {
            memcpy(copy, starts, count * sizeof(unsigned));
            if (copy[0] <= data_length)
                made = splice(data, data_length, copy, count, columns, left, right, top, bottom, frame, height, width,
                              &length);
        }
        if (made != NULL)
            done = decode_box(made, length, x, y, w, h, rgb, out);
        free(made);
        free(copy);
        Py_END_ALLOW_THREADS
    }
    return PyBool_FromLong(done);
}

static PyObject *py_decode(PyObject *module, PyObject *args)
{
    PyObject *data_object, *out_object;
    const unsigned char *data;
    unsigned char *out;
    size_t length;
    unsigned x, y, w, h;
    int rgb, done;

    if (!PyArg_ParseTuple(args, "O(IIII)pO", &data_object, &x, &y, &w, &h, &rgb, &out_object) ||
        !readable(data_object, &data, &length) || !writable(out_object, w, h, &out))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    done = decode_box(data, length, x, y, w, h, rgb, out);
    Py_END_ALLOW_THREADS
    return PyBool_FromLong(done);
}

static PyObject *py_transcode(PyObject *module, PyObject *args)
{
    PyObject *data_object, *result;
    const unsigned char *data;
    size_t data_length;
    unsigned interval;
    unsigned long length;
    unsigned char *buffer;

    if (!PyArg_ParseTuple(args, "OI", &data_object, &interval) || !readable(data_object, &data, &data_length))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    buffer = transcode(data, data_length, interval, &length);
    Py_END_ALLOW_THREADS
    if (buffer == NULL)
        Py_RETURN_NONE;
    result = PyBytes_FromStringAndSize((const char *)buffer, (Py_ssize_t)length);
    free(buffer);
    return result;
}

static PyMethodDef methods[] = {
    {"decode", py_decode, METH_VARARGS,
     "decode(data, (x, y, w, h), rgb, out) -> bool\n\nDecode a box of a JPEG into the writable buffer out, (h, w, 3) "
     "uint8. False: refused, and the content of out means nothing."},
    {"decode_pieces", py_decode_pieces, METH_VARARGS,
     "decode_pieces(data, starts, (columns, left, right, top, bottom), (frame, height, width), box, rgb, out) -> bool"
     "\n\nPut pieces of a divided JPEG together and decode a box of the result. False: refused."},
    {"transcode", py_transcode, METH_VARARGS,
     "transcode(data, interval) -> bytes or None\n\nThe JPEG with a restart marker every `interval` MCUs; the pixels "
     "stay the same. None: refused."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_turbo", "Parts of JPEG files, by libjpeg-turbo.", -1,
                                        methods};

PyMODINIT_FUNC PyInit__turbo(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL)
        PyModule_AddIntConstant(module, "LIBJPEG_TURBO", LIBJPEG_TURBO_VERSION_NUMBER);
    return module;
}
