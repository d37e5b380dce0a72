"""What the command line (`tlcourse.cli`) starts and no other package holds: the doctor and the benches."""
