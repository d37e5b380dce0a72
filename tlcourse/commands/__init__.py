"""The command line (`cli`) and what only it starts: the doctor, the benches, the check of a file."""
