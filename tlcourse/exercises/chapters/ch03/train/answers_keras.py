"""Answers to "Train from features", in Keras: right ones and wrong ones."""

# %% [right] a dense layer
import keras


def classify(backbone, images, labels, new_images):
    def features(some):
        x = keras.ops.repeat(some[..., None].astype("float32"), 3, axis=-1)
        return backbone.predict((x - 127) / 128, verbose=0)

    head = keras.Sequential([keras.layers.Dense(int(labels.max()) + 1)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(keras.optimizers.Adam(3e-3), loss)
    head.fit(features(images), labels, epochs=120, batch_size=50, verbose=0)
    return head.predict(features(new_images), verbose=0).argmax(1)


# %% [right] the nearest class mean
import numpy as np
import tensorflow as tf


def classify(backbone, images, labels, new_images):
    def features(some):
        x = tf.image.grayscale_to_rgb(tf.cast(some[..., None], tf.float32))
        return tf.math.l2_normalize(backbone((x - 127) / 128, training=False), axis=1)

    x = features(images).numpy()
    means = np.stack([x[labels == c].mean(0) for c in range(labels.max() + 1)])
    return tf.argmax(features(new_images) @ tf.constant(means.T), axis=1)


# %% [right] scikit-learn, the features as they are
import keras
from sklearn.linear_model import LogisticRegression


def classify(backbone, images, labels, new_images):
    inputs = keras.Input((128, 128, 1))
    x = keras.layers.Rescaling(1 / 128, offset=-127 / 128)(inputs)
    x = keras.layers.Concatenate()([x, x, x])
    extractor = keras.Model(inputs, backbone(x, training=False))
    head = LogisticRegression(max_iter=1000)
    head.fit(extractor.predict_on_batch(images[..., None]), labels)
    return list(head.predict(extractor.predict_on_batch(new_images[..., None])))


# %% [wrong] not scaled: "Its card says"
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def classify(backbone, images, labels, new_images):
    def features(some):
        return backbone.predict(np.repeat(some[..., None], 3, axis=-1).astype("float32"), verbose=0)

    head = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    return head.fit(features(images), labels).predict(features(new_images))


# %% [wrong] scaled in training only: "others were not"
import numpy as np
from sklearn.linear_model import LogisticRegression


def classify(backbone, images, labels, new_images):
    x = np.repeat(images[..., None], 3, axis=-1).astype("float32")
    new = np.repeat(new_images[..., None], 3, axis=-1).astype("float32")
    head = LogisticRegression(max_iter=1000).fit(backbone.predict((x - 127) / 128, verbose=0), labels)
    return head.predict(backbone.predict(new, verbose=0))


# %% [wrong] training mode: "training mode"
import numpy as np
from sklearn.linear_model import LogisticRegression


def classify(backbone, images, labels, new_images):
    def features(some):
        x = (np.repeat(some[..., None], 3, axis=-1).astype("float32") - 127) / 128
        return np.asarray(backbone(x, training=True))

    return LogisticRegression(max_iter=1000).fit(features(images), labels).predict(features(new_images))


# %% [wrong] features and labels apart: "beside its own label"
import numpy as np
import tensorflow as tf
from sklearn.linear_model import LogisticRegression


def classify(backbone, images, labels, new_images):
    def features(some, shuffle):
        x = (np.repeat(some[..., None], 3, axis=-1).astype("float32") - 127) / 128
        data = tf.data.Dataset.from_tensor_slices(x)
        data = data.shuffle(100) if shuffle else data
        return backbone.predict(data.batch(16), verbose=0)

    head = LogisticRegression(max_iter=1000).fit(features(images, True), labels)
    return head.predict(features(new_images, False))
