"""Answers to "A student of a large network", in Keras: right ones and wrong ones."""

# %% [right] labels among the teacher's probabilities
import keras
import numpy as np


def teach(student, images, labels, more, told):
    x = np.concatenate([images, more])
    y = np.concatenate([np.eye(10)[labels], keras.ops.softmax(told)])
    student.compile(keras.optimizers.Adam(2e-3), keras.losses.CategoricalCrossentropy(from_logits=True))
    student.fit(x, y, batch_size=32, epochs=25, verbose=0)


# %% [right] the teacher's best class
import keras


def teach(student, images, labels, more, told):
    student.compile(
        keras.optimizers.AdamW(2e-3, weight_decay=0.05),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    student.fit(more, told.argmax(axis=1), batch_size=32, epochs=25, verbose=0)


# %% [right] a loop with a tape
import numpy as np
import tensorflow as tf


def teach(student, images, labels, more, told):
    target = tf.nn.softmax(told / 2)
    variables = [v.value for v in student.trainable_variables]
    speeds = [tf.Variable(tf.zeros_like(v)) for v in variables]

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = 4 * tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, student(x) / 2))
        for variable, speed, slope in zip(variables, speeds, tape.gradient(loss, variables)):
            speed.assign(0.9 * speed + slope)
            variable.assign_sub(0.02 * speed)

    for epoch in range(25):
        order = np.random.permutation(len(more))
        for at in range(0, 800, 32):
            step(tf.gather(more, order[at : at + 32]), tf.gather(target, order[at : at + 32]))


# %% [wrong] the teacher not asked: "only the labelled images"
import keras


def teach(student, images, labels, more, told):
    student.compile(keras.optimizers.Adam(3e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    student.fit(images, labels, batch_size=30, epochs=60, verbose=0)


# %% [wrong] nothing trained: "did not move"
def teach(student, images, labels, more, told):
    student.trainable = False


# %% [wrong] not finite: "NaN or infinity"
import keras


def teach(student, images, labels, more, told):
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    student.compile(keras.optimizers.SGD(1e30), loss)
    student.fit(more, keras.ops.softmax(told), batch_size=800, epochs=20, verbose=0)


# %% [wrong] too short: "too little"
import keras


def teach(student, images, labels, more, told):
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    student.compile(keras.optimizers.Adam(1e-4), loss)
    student.fit(more, keras.ops.softmax(told), batch_size=32, epochs=1, verbose=0)


# %% [wrong] away from the teacher
import keras


def teach(student, images, labels, more, told):
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    student.compile(keras.optimizers.Adam(2e-3), loss)
    student.fit(more, keras.ops.softmax(-told), batch_size=32, epochs=5, verbose=0)


# %% [wrong] targets of other images
import keras
import numpy as np


def teach(student, images, labels, more, told):
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    student.compile(keras.optimizers.Adam(2e-3), loss)
    student.fit(more, keras.ops.softmax(told[::-1].copy()), batch_size=32, epochs=5, verbose=0)
