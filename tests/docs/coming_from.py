# SPDX-FileCopyrightText: 2026 The ppclas authors
# SPDX-License-Identifier: Apache-2.0
"""First acts of users of other libraries, ours beside theirs: the source of docs/migration/coming_from.md.

`tests/docs/test_coming_from.py` runs ours, `tools/coming_from.py` writes the page.
"""

from __future__ import annotations

from typing import Dict, NamedTuple

CONFIG = "digits.yaml"
RUN = "output/MobileNetV3_small_x0_5"
PUBLISHED = "SqueezeNet1_1"
BUNDLE = "output/bundle"
MODEL = "MobileNetV3_small_x0_5"


class Act(NamedTuple):
    """One act.

    Args:
        title: what the user wants.
        ours: at most three lines; lines that start with `ppclas ` are commands, others Python.
        theirs: library -> its code.
        note: a sentence behind the code.
    """

    title: str
    ours: str
    theirs: Dict[str, str]
    note: str = ""


MODELS = (
    Act("List models", 'ppc.list_models("*resnet50*", pretrained=True)', {
        "timm": 'timm.list_models("*resnet50*", pretrained=True)',
        "torchvision": 'torchvision.models.list_models(include="*resnet50*")'},
        "On the command line: `ppclas list models '*resnet50*'`."),
    Act("Read the facts of a model", f"ppclas info {PUBLISHED}", {
        "timm": "model.pretrained_cfg", "torchvision": "ResNet50_Weights.DEFAULT.meta"},
        "Size, parameters, FLOPs, accuracy and preprocessing."),
    Act("Create a pretrained model", f'model = ppc.create_model("{PUBLISHED}", pretrained=True)', {
        "timm": 'timm.create_model("resnet50", pretrained=True)',
        "torchvision": 'torchvision.models.resnet50(weights="DEFAULT")',
        "Hugging Face": 'AutoModelForImageClassification.from_pretrained("microsoft/resnet-50")',
        "Keras": 'keras.applications.ResNet50(weights="imagenet")',
        "ultralytics": 'YOLO("yolo11n-cls.pt")'}),
    Act("Change the number of classes", f'model = ppc.create_model("{PUBLISHED}", pretrained=True, num_classes=3)', {
        "timm": 'timm.create_model("resnet50", pretrained=True, num_classes=3)',
        "torchvision": "model.fc = nn.Linear(model.fc.in_features, 3)",
        "Hugging Face":
            'AutoModelForImageClassification.from_pretrained(name, num_labels=3, ignore_mismatched_sizes=True)',
        "Keras": "keras.applications.ResNet50(weights=None, classes=3)"}),
    Act("Replace the classifier of a model",
        f'model = ppc.create_model("{MODEL}")\nmodel.reset_classifier(3)', {
            "timm": "model.reset_classifier(3)", "torchvision": "model.fc = nn.Linear(model.fc.in_features, 3)"}),
    Act("Get features in place of logits",
        f'model = ppc.create_model("{MODEL}", num_classes=0)\nfeatures = model(paddle.zeros([2, 3, 224, 224]))', {
            "timm": 'timm.create_model("resnet50", pretrained=True, num_classes=0)',
            "torchvision": 'create_feature_extractor(model, {"flatten": "features"})',
            "Keras": 'keras.applications.ResNet50(include_top=False, pooling="avg")',
            "Hugging Face": "AutoModel.from_pretrained(name)(**inputs).pooler_output"},
        "The features are (N, `model.num_features`)."),
    Act("Get a feature map", f'model = ppc.create_model("{MODEL}")\n'
        "features = model.forward_features(paddle.zeros([2, 3, 224, 224]))", {
            "timm": "model.forward_features(x)",
            "torchvision": 'create_feature_extractor(model, {"layer4": "features"})'}),
    Act("Read the channels of the feature maps", f'ppc.create_model("{MODEL}").feature_info.channels()', {
        "timm": 'timm.create_model("resnet50", features_only=True).feature_info.channels()'}),
    Act("Use gray images", f'model = ppc.create_model("{PUBLISHED}", pretrained=True, in_channels=1)', {
        "timm": 'timm.create_model("resnet50", pretrained=True, in_chans=1)'},
        "The kernels of the first convolution are summed, which the log says."),
    Act("Download weights", f"ppclas download {PUBLISHED} --path weights", {
        "Hugging Face": "hf download microsoft/resnet-50",
        "torchvision": "torchvision.models.get_weight(name).get_state_dict()"},
        "Nothing is downloaded before it is needed; `create_model` and `predict` do it themselves."),
    Act("Load weights of one's own", f'model = ppc.create_model("{MODEL}", num_classes=10, pretrained="{RUN}")', {
        "timm": 'timm.create_model("resnet50", num_classes=10, checkpoint_path="model.pth")',
        "torchvision": 'model.load_state_dict(torch.load("model.pth"))',
        "Keras": 'keras.models.load_model("model.keras")', "ultralytics": 'YOLO("runs/classify/train/weights/best.pt")',
        "fastai": 'load_learner("export.pkl")'}),
    Act("Save a model that you trained in your own loop", f'model = ppc.create_model("{MODEL}", num_classes=3)\n'
        'ppc.save_checkpoint(model, "output/mine", labels=["cat", "cow", "dog"])', {
            "torchvision": 'torch.save(model.state_dict(), "model.pth")',
            "Hugging Face": 'model.save_pretrained("mine")',
            "Keras": 'model.save("model.keras")', "fastai": 'learn.export("export.pkl")'},
        "`predict` and `export` take the folder, and `finetune` as `--pretrained FOLDER`. The preprocessing is that of "
        "the architecture. After a training with other images, for example of 32 pixels, give theirs: "
        "`preprocessing=config[\"VALID\"][\"transforms\"]`."),
    Act("Save weights as safetensors", f"ppclas convert {RUN}/best_model/ppcls weights --to safetensors", {
        "timm": 'timm.models.save_for_hf(model, "weights")', "Hugging Face": 'model.save_pretrained("weights")'}),
)

PREDICTIONS = (
    Act("Get the preprocessing of a model",
        f'transform = ppc.transforms("{PUBLISHED}")\narray = transform("photo.jpg")', {
        "timm": "timm.data.create_transform(**timm.data.resolve_model_data_config(model))",
        "torchvision": "ResNet50_Weights.DEFAULT.transforms()",
        "Hugging Face": 'AutoImageProcessor.from_pretrained("microsoft/resnet-50")',
        "Keras": "keras.applications.resnet.preprocess_input(x)"},
        "It takes a path, encoded bytes, a PIL image or a uint8 array in RGB; an image of OpenCV is BGR, so give "
        "`image[:, :, ::-1]`. The result is a NumPy array; a model takes `paddle.to_tensor(array[None])`. Another "
        "preprocessing than that of the training costs accuracy."),
    Act("Classify a photo", f"ppclas predict {PUBLISHED} photo.jpg", {
        "ultralytics": "yolo classify predict model=yolo11n-cls.pt source=photo.jpg",
        "PaddleClas": "paddleclas --model_name ResNet50 --infer_imgs photo.jpg",
        "Hugging Face": 'pipeline("image-classification", model="microsoft/resnet-50")("photo.jpg")'}),
    Act("Classify a photo with a trained model",
        f'prediction = ppc.Predictor("{RUN}").predict("photo.jpg")[0]\n'
        "print(prediction.top1.name, prediction.top1.score, prediction.probs)", {
            "ultralytics": 'YOLO("best.pt")("photo.jpg")[0].probs.top1', "fastai": 'learn.predict("photo.jpg")',
            "Keras": "keras.applications.resnet.decode_predictions(model.predict(x))"},
        "The run folder has the preprocessing and the class names."),
    Act("Classify a folder", f"ppclas predict {RUN} photos --topk 1 --json", {
        "ultralytics": "yolo classify predict model=best.pt source=photos",
        "timm": "python inference.py photos --model resnet50 --pretrained",
        "PaddleClas": "paddleclas --model_name ResNet50 --infer_imgs photos"}),
    Act("Write predictions to a table", f"ppclas predict {RUN} photos --out predictions.csv", {
        "timm": "python inference.py photos --model resnet50 --pretrained --results-file predictions.csv"},
        "A name that ends in `.jsonl` is written as JSON lines."),
    Act("Sort photos by their predicted class", f"ppclas predict {RUN} photos --out sorted --sort", {
        "PaddleClas": "paddleclas --model_name ResNet50 --infer_imgs photos --pre_label_image=True"},
        "The photos are copied; `--sort link` makes links."),
    Act("Save an annotated copy of a photo", f'ppc.Predictor("{RUN}").predict("photo.jpg")[0].save("annotated.jpg")', {
        "ultralytics": 'YOLO("best.pt")("photo.jpg")[0].save("annotated.jpg")'}),
    Act("Classify the files of a pattern", f'ppc.Predictor("{RUN}").predict("photos/**/*.jpg")', {
        "ultralytics": 'YOLO("best.pt")("photos/**/*.jpg")'}),
    Act("Classify the frames of a video", f"ppclas predict {RUN} film.avi --every 5", {
        "ultralytics": "yolo classify predict model=best.pt source=film.avi vid_stride=5"}),
    Act("Classify many images as a stream",
        f'for prediction in ppc.Predictor("{RUN}").stream("photos", batch_size=8):\n'
        "    print(prediction.path, prediction.classes[0].name)", {
            "ultralytics": 'for result in model("photos", stream=True): ...',
            "Hugging Face": "for result in classifier(dataset): ..."}),
    Act("Use the flags of the paddleclas wheel", f"ppclas --model_name {PUBLISHED} --infer_imgs photo.jpg", {
        "PaddleClas": "paddleclas --model_name ResNet50 --infer_imgs photo.jpg"},
        "See [From PaddleClas 2.x](from_paddleclas_2.md)."),
)

TRAININGS = (
    Act("Train on a folder with a folder per class",
        f"ppclas finetune --data photos --model {MODEL} --pretrained none --epochs 1 --image-size 32", {
            "ultralytics": "yolo classify train data=photos model=yolo11n-cls.pt epochs=10",
            "timm": "python train.py photos --model resnet50 --pretrained --num-classes 3",
            "fastai": 'vision_learner(ImageDataLoaders.from_folder("photos", valid_pct=0.2), resnet34).fine_tune(10)',
            "Keras": 'model.fit(keras.utils.image_dataset_from_directory("photos"))'},
        "Without `--pretrained none` it starts with published weights."),
    Act("Train on a folder from Python",
        f'result = ppc.finetune("photos", "{MODEL}", pretrained=False, epochs=1, image_size=32)\n'
        "print(result.metrics, result.curves['loss'])", {
            "ultralytics": 'YOLO("yolo11n-cls.pt").train(data="photos", epochs=10)',
            "fastai": 'vision_learner(ImageDataLoaders.from_folder("photos", valid_pct=0.2), resnet34).fine_tune(10)',
            "Hugging Face": "Trainer(model, args, train_dataset=train, eval_dataset=valid).train()"},
        "`result.predictor()` predicts with the best checkpoint, `result.report()` writes the page of the run."),
    Act("Train on a table of paths and labels",
        f"ppclas finetune photos.csv --model {MODEL} --pretrained none --epochs 1 --image-size 32", {
            "fastai": 'ImageDataLoaders.from_csv(".", "photos.csv")',
            "Keras": 'ImageDataGenerator().flow_from_dataframe(table, x_col="path", y_col="label")'},
        "The first line is `path,label`; a third column `split` may divide training from validation."),
    Act("Train a config", f'config = ppc.load_config("{CONFIG}")\nresult = ppc.train(config)', {
        "PaddleClas": "python tools/train.py -c config.yaml", "ultralytics": "yolo cfg=config.yaml"},
        "On the command line: `ppclas run CONFIG`, which also evaluates and writes a report."),
    Act("Run code of one's own during a training", "class Watch(ppc.Callback):\n"
        "    def on_epoch_end(self, run, values): print(values)\n"
        f'ppc.train(ppc.load_config("{CONFIG}"), callbacks=[Watch()])', {
            "Keras": "model.fit(data, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=print)])",
            "Hugging Face": "Trainer(model, args, callbacks=[Watch()])",
            "fastai": "learn.fit(1, cbs=Watch())", "ultralytics": 'model.add_callback("on_train_epoch_end", watch)'},
        "[Plugins: callback](../reference/plugins/callback.md) has all methods."),
    Act("Stop early", f"ppclas train {CONFIG} early_stop.patience=10", {
        "Keras": "model.fit(data, callbacks=[keras.callbacks.EarlyStopping(patience=10)])",
        "ultralytics": "yolo classify train patience=10",
        "fastai": 'learn.fit(100, cbs=EarlyStoppingCallback(monitor="accuracy", patience=10))',
        "Hugging Face": "Trainer(model, args, callbacks=[EarlyStoppingCallback(early_stopping_patience=10)])"},
        "The run ends after 10 evaluations without a better value of the metric `monitor`, and stays ended."),
    Act("Stop by a rule of one's own", "class Enough(ppc.Callback):\n"
        "    def on_eval_end(self, run, values): run.stop |= values['top1'] > 0.99\n"
        f'ppc.train(ppc.load_config("{CONFIG}"), callbacks=[Enough()])', {
            "Keras": "self.model.stop_training = True", "Hugging Face": "control.should_training_stop = True",
            "fastai": "raise CancelFitException()", "ultralytics": "trainer.stop = True"},
        "The run ends after the current epoch, with its evaluation and checkpoint."),
    Act("Get batches for a loop of one's own",
        f'for images, labels in ppc.dataset(ppc.load_config("{CONFIG}")):\n    print(images.shape, labels.shape)', {
            "torchvision": 'DataLoader(ImageFolder("photos", transform), batch_size=32, shuffle=True)',
            "timm": 'timm.data.create_loader(timm.data.create_dataset("", "photos"), 224, 32, is_training=True)',
            "Keras": 'keras.utils.image_dataset_from_directory("photos")', "fastai": "dls.train"},
        "Both are NumPy arrays: `model(paddle.to_tensor(images))`. `train=False` gives the batches of VALID. "
        "`paddle.Model.fit` takes it as well."),
    Act("Check a config before training", f"ppclas check {CONFIG}", {},
        "It finds wrong keys, missing images and labels that do not fit."),
    Act("Change values of a config", f"ppclas train {CONFIG} TRAIN.batch_size=16 LEARNING_RATE.params.lr=0.05", {
        "PaddleClas": "python tools/train.py -c config.yaml -o Global.epochs=10",
        "ultralytics": "yolo classify train batch=16 lr0=0.05", "timm": "python train.py --batch-size 16 --lr 0.05"}),
    Act("Resume a training", f"ppclas train {CONFIG} --resume", {
        "ultralytics": "yolo train resume model=last.pt", "timm": "python train.py --resume last.pth.tar",
        "Hugging Face": "trainer.train(resume_from_checkpoint=True)",
        "PaddleClas": "python tools/train.py -c config.yaml -o Global.checkpoints=output/latest"}),
    Act("Freeze the backbone", f"ppclas train {CONFIG} freeze=[backbone]", {
        "fastai": "learn.freeze()", "Keras": "base.trainable = False", "ultralytics": "yolo train freeze=10",
        "torchvision": "model.requires_grad_(False); model.fc.requires_grad_(True)"}),
    Act("Find a learning rate", f"ppclas lr {CONFIG} --find", {"fastai": "learn.lr_find()"}),
    Act("Plot the learning rate", f"ppclas lr {CONFIG}", {"timm": "python train.py --sched cosine --warmup-epochs 5"}),
    Act("Look at a training batch", f"ppclas augment {CONFIG} --batch -o batch.png", {
        "fastai": "dls.show_batch()", "ultralytics": "runs/classify/train/train_batch0.jpg"}),
    Act("Look at augmentations of an image", f"ppclas augment {CONFIG} photo.jpg --draws 3 -o draws.png", {
        "fastai": "dls.show_batch(unique=True)", "torchvision": "plt.imshow(transform(image))"}),
    Act("Use mixup", f"ppclas train {CONFIG} use_mix=True 'TRAIN.mix=[{{MixupOperator: {{alpha: 0.2}}}}]'", {
        "timm": "python train.py --mixup 0.2", "ultralytics": "yolo train mixup=0.2",
        "fastai": "Learner(dls, model, cbs=MixUp(0.2))",
        "torchvision": "v2.MixUp(alpha=0.2, num_classes=10)", "Keras": "keras.layers.MixUp(alpha=0.2)"}),
    Act("Smooth the labels", f"ppclas train {CONFIG} ls_epsilon=0.1", {
        "timm": "python train.py --smoothing 0.1", "torchvision": "nn.CrossEntropyLoss(label_smoothing=0.1)",
        "Keras": "keras.losses.CategoricalCrossentropy(label_smoothing=0.1)"}),
    Act("Average the weights (EMA)", f"ppclas train {CONFIG} use_ema=True", {
        "timm": "python train.py --model-ema", "Keras": "keras.optimizers.AdamW(use_ema=True)",
        "PaddleClas": "python tools/train.py -c config.yaml -o EMA.decay=0.9999"}),
    Act("Use mixed precision", f"ppclas train {CONFIG} use_fp16=True", {
        "timm": "python train.py --amp", "ultralytics": "yolo train amp=True", "fastai": "learn.to_fp16()",
        "Hugging Face": "TrainingArguments(fp16=True)",
        "Keras": 'keras.mixed_precision.set_global_policy("mixed_float16")'}),
    Act("Accumulate gradients", f"ppclas train {CONFIG} TRAIN.accumulate=4", {
        "timm": "python train.py --grad-accum-steps 4",
        "Hugging Face": "TrainingArguments(gradient_accumulation_steps=4)",
        "fastai": "Learner(dls, model, cbs=GradientAccumulation(128))"},
        "The batch size stays that of an optimizer step."),
    Act("Clip gradients", f"ppclas train {CONFIG} 'OPTIMIZER.grad_clip={{global_norm: 1.0}}'", {
        "timm": "python train.py --clip-grad 1.0", "Hugging Face": "TrainingArguments(max_grad_norm=1.0)",
        "Keras": "keras.optimizers.SGD(global_clipnorm=1.0)"}),
    Act("Change the optimizer",
        f"ppclas train {CONFIG} 'OPTIMIZER={{function: AdamW}}' LEARNING_RATE.params.lr=0.001", {
            "timm": "python train.py --opt adamw --lr 1e-3", "ultralytics": "yolo train optimizer=AdamW lr0=0.001",
            "Keras": "model.compile(optimizer=keras.optimizers.AdamW(1e-3))"},
        "The whole section is replaced: AdamW refuses the regularizer of another optimizer."),
    Act("Balance the classes", f"ppclas train {CONFIG} TRAIN.sampler=balanced", {
        "torchvision": "torch.utils.data.WeightedRandomSampler(weights, n)",
        "Keras": "model.fit(x, class_weight=weights)"}),
)

RESULTS = (
    Act("Evaluate", f"ppclas eval {RUN}", {
        "ultralytics": "yolo classify val model=best.pt",
        "timm": "python validate.py data --model resnet50 --checkpoint best.pth",
        "Hugging Face": "trainer.evaluate()", "Keras": "model.evaluate(data)", "fastai": "learn.validate()"},
        "`--data FOLDER` evaluates other photos. In Python: `ppc.evaluate(RUN, data=FOLDER)`. A bundle or the name of "
        "published weights takes the place of the run, with `--data`."),
    Act("Read the metrics of each class", f'result = ppc.evaluate(ppc.load_config("{CONFIG}"), "{RUN}")\n'
        "print(result.top1, result.per_class)", {"fastai": "interp.print_classification_report()"}),
    Act("Plot a confusion matrix", f'result = ppc.evaluate(ppc.load_config("{CONFIG}"), "{RUN}")\n'
        'result.plot_confusion().save("confusion.svg")', {
            "fastai": "ClassificationInterpretation.from_learner(learn).plot_confusion_matrix()",
            "ultralytics": "runs/classify/val/confusion_matrix.png"}, "A notebook shows `result.plot_confusion()`."),
    Act("See the most confident errors", f'result = ppc.evaluate(ppc.load_config("{CONFIG}"), "{RUN}")\n'
        'result.top_errors(9).save("errors.html")', {
            "fastai": "ClassificationInterpretation.from_learner(learn).plot_top_losses(9)"},
        "A notebook shows `result.top_errors(9)`."),
    Act("Write a report", f"ppclas report {RUN}", {"ultralytics": "runs/classify/train/results.png"},
        "One HTML page: curves, classes, errors with heat maps, config."),
)

DEPLOYMENT = (
    Act("Export to ONNX", f"ppclas export {RUN} onnx output/onnx", {
        "ultralytics": "yolo export model=best.pt format=onnx",
        "torchvision": 'torch.onnx.export(model, x, "model.onnx")',
        "Hugging Face": "optimum-cli export onnx --model microsoft/resnet-50 out",
        "timm": "python onnx_export.py model.onnx --model resnet50",
        "Keras": 'model.export("model.onnx", format="onnx")'},
        "The outputs are compared with those of the model before the bundle is written."),
    Act("Export from Python", f'ppc.export("{RUN}", "inference", "output/exported")', {
        "ultralytics": 'YOLO("best.pt").export(format="openvino")', "fastai": 'learn.export("export.pkl")'},
        "`ppclas export --list` shows the formats."),
    Act("Check an export", f"ppclas verify {BUNDLE}", {"torchvision": "onnx.checker.check_model(model)"}),
    Act("Predict with an export", f'ppc.Predictor("{BUNDLE}").predict("photo.jpg")', {
        "ultralytics": 'YOLO("best.onnx")("photo.jpg")',
        "Hugging Face": "ORTModelForImageClassification.from_pretrained(folder)"}),
    Act("Measure the speed", f"ppclas benchmark {BUNDLE} --seconds 0.2", {
        "ultralytics": "yolo benchmark model=best.pt", "timm": "python benchmark.py --model resnet50"}),
)

SECTIONS = {"Models": MODELS, "Predictions": PREDICTIONS, "Training": TRAININGS, "Results": RESULTS,
            "Deployment": DEPLOYMENT}
ACTS = tuple(act for acts in SECTIONS.values() for act in acts)

_HEAD = """\
# Coming from timm, torchvision, ultralytics, fastai, Keras, Hugging Face or PaddleClas

For people who know another library. Find what you did there, and read the line that does it here. Every line of ours
on this page is run by a test. The lines of other libraries are reminders, with their usual imports left out.

```python
import ppclas as ppc
import paddle
```

`import ppclas_core as ppc` is the same where only parts of ppclas are installed.

`{config}` stands for any config, `{run}` for the run folder that its training
writes, `{bundle}` for an export of it, `{published}` for any published network, and `photos` for a folder with a
folder of images per class.
"""


def is_command(act: Act) -> bool:
    """Return whether an act is done on the command line."""
    return act.ours.startswith("ppclas ")


def page() -> str:
    """Return the content of docs/migration/coming_from.md."""
    parts = [_HEAD.format(config=CONFIG, run=RUN, bundle=BUNDLE, published=PUBLISHED)]
    for section, acts in SECTIONS.items():
        parts.append(f"## {section}\n")
        for act in acts:
            parts.append(f"### {act.title}\n\n```{'shell' if is_command(act) else 'python'}\n{act.ours}\n```\n")
            if act.note:
                parts.append(f"{act.note}\n")
            if act.theirs:
                parts.append("\n".join(f"- {library}: `{code}`" for library, code in act.theirs.items()) + "\n")
    return "\n".join(parts)
