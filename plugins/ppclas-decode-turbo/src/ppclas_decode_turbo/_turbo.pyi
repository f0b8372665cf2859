# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
from typing import Optional, Tuple, Union

import numpy as np

Buffer = Union[bytes, bytearray, memoryview, np.ndarray]

LIBJPEG_TURBO: int

def decode(data: Buffer, box: Tuple[int, int, int, int], rgb: bool, out: np.ndarray) -> bool: ...
def decode_pieces(data: Buffer, starts: np.ndarray, pieces: Tuple[int, int, int, int, int], made: Tuple[int, int, int],
                  box: Tuple[int, int, int, int], rgb: bool, out: np.ndarray) -> bool: ...
def transcode(data: Buffer, interval: int) -> Optional[bytes]: ...
