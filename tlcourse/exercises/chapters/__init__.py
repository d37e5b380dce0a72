"""The chapters' exercises, a folder each (`tlcourse.exercises.folder` says what is in one)."""
