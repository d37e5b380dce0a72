"""The grader: notebooks of a class in, marks, feedback and a class report out.

The mark comes from the judge, which never runs where a student's code does: the notebook is rebuilt from the
course's own record with only the student's answers in it, the answers are observed in a sandbox on inputs
drawn from a secret seed, and plain data comes back.
"""
