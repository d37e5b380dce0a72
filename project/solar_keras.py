"""Find the broken cells: from images to a saved, evaluated model.

    python solar_keras.py solar_cells    train on this folder
    python solar_keras.py cell.png       judge an image afterwards

The folder holds train, val and test, with a folder per class in
each. A second argument is a file of weights: without it, Keras
fetches them. A folder of your own images works as well.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers
from sklearn.metrics import (
    classification_report,
    confusion_matrix,
    roc_auc_score,
)

SAVED, NAMES = "solar.keras", "solar.json"
SIZE = 128


# --- 1 Choose a pretrained model
def pretrained(weights=None):
    """A base, and the layer that scales its pixels."""
    shape = (SIZE, SIZE, 3)
    if weights is None:
        base = keras.applications.EfficientNetV2B0(
            include_top=False, pooling="avg", input_shape=shape
        )
        return base, layers.Identity()  # it scales by itself
    # EfficientNet-Lite0, saved whole: its head is cut off here.
    whole = keras.saving.load_model(weights)
    cut = keras.Model(whole.input, whole.layers[-2].output)
    base = keras.models.clone_model(cut, keras.Input(shape))
    base.set_weights(cut.get_weights())
    return base, layers.Rescaling(1 / 128, offset=-127 / 128)


# --- 2 Build the base model
def images(folder, shuffle=False):
    """Batches of images (float32, 0 to 255) and numbers."""
    read = keras.utils.image_dataset_from_directory
    size = (SIZE, SIZE)
    return read(folder, image_size=size, shuffle=shuffle, seed=0)


# --- 3 Freeze, and later unfreeze the last layers
def freeze(base):
    base.trainable = False


def unfreeze_last(base, count=50):
    base.trainable = True
    for layer in base.layers[:-count]:
        layer.trainable = False
    for layer in base.layers[-count:]:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False  # its statistics stay


# --- 4 Add a task head
def adapt(base, scaling, names):
    """Augmentation, scaling, the base and a head: one model."""
    inputs = keras.Input((SIZE, SIZE, 3))
    # Only what leaves the label true; at work in training alone.
    x = layers.RandomFlip("horizontal_and_vertical")(inputs)
    x = layers.Dropout(0.2)(base(scaling(x)))
    return keras.Model(inputs, layers.Dense(len(names))(x))


# --- 5 Train, and stop early
def fit(model, rate, train, val, epochs=12):
    loss = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True  # no softmax
    )
    # Compile again after each change of what may train.
    optimizer = keras.optimizers.AdamW(rate)
    model.compile(optimizer, loss, metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(
        "val_loss", patience=3, restore_best_weights=True
    )
    history = model.fit(
        train,
        validation_data=val,
        epochs=epochs,
        callbacks=[stop],
        shuffle=False,  # the data set does that
        verbose=2,
    )
    return min(history.history["val_loss"])


# --- 6 Evaluate, keep what helped, save
def train(folder, weights=None):
    keras.utils.set_random_seed(0)
    batches = images(f"{folder}/train", shuffle=True)
    val = images(f"{folder}/val")
    names = batches.class_names

    print(f"guessing costs {np.log(len(names)):.3f}")
    base, scaling = pretrained(weights)
    freeze(base)
    model = adapt(base, scaling, names)
    frozen = fit(model, 3e-3, batches, val)
    before = model.get_weights()
    unfreeze_last(base)
    tuned = fit(model, 1e-4, batches, val)  # old weights: slower
    print(f"frozen {frozen:.3f}, fine-tuned {tuned:.3f}")
    if tuned >= frozen:
        model.set_weights(before)  # not kept

    test = images(f"{folder}/test")
    logits = model.predict(test, verbose=0)
    y = np.concatenate([labels for _, labels in test])
    guesses = logits.argmax(1)
    print(classification_report(y, guesses, target_names=names))
    print(confusion_matrix(y, guesses))  # rows: true classes
    if len(names) == 2:
        shares = np.array(keras.ops.softmax(logits))[:, 1]
        print(f"AUC {roc_auc_score(y, shares):.3f}")
    model.save(SAVED)
    Path(NAMES).write_text(json.dumps(names), "utf-8")


# --- Use it
def image_of(file):
    """A batch of one, resized as `images` resizes."""
    image = keras.utils.img_to_array(keras.utils.load_img(file))
    return keras.ops.image.resize(image, (SIZE, SIZE))[None]


def predict(file):
    names = json.loads(Path(NAMES).read_text("utf-8"))
    model = keras.saving.load_model(SAVED)
    logits = model.predict(image_of(file), verbose=0)
    shares = keras.ops.softmax(logits[0])
    for name, share in zip(names, np.array(shares)):
        print(f"{share:.2f}  {name}")


# --- Start it
if __name__ == "__main__":
    where, *weights = sys.argv[1:]
    if Path(where).is_dir():
        train(where, *weights)
    else:
        predict(where)
