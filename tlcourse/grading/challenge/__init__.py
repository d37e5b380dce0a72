"""A challenge: students predict the classes of images whose labels never leave the instructor.

``tlcourse challenge make`` divides a folder of images into a part to publish and a private file of labels;
``tlcourse challenge grade`` scores the files of predictions against them. No code of a student is run: a
hand-in is a table, so all that can go wrong with it is its text. The modules, in the order of the work:

===========================================  =================================================================
``pictures``, ``giveaways``                  the instructor's images, made alike, without what came along
``copies``, ``grouping``, ``dividing``       which belong together, and the border between training and test
``bars``, ``settings``                       points by score; what is kept in private
``making``, ``writing``                      all of this in order; the folders written, whole or not at all
``handins``                                  whose file is it, and in which order did they come?
``csv_text``, ``predictions``                any bytes become one class for each image, or one clear reason
``tries``                                    what was graded before, so that a limit holds over several runs
``scoring``, ``alike``                       scores with intervals, ranks, and files that are too much alike
``judged``, ``aliases``                      marks and feedback in words; names on the board
``pages``, ``command``                       pages and tables; the command line's side
===========================================  =================================================================
"""

from __future__ import annotations
