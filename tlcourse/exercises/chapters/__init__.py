"""The chapters' exercises, a folder each (`tlcourse.exercises.engine.folder` says what is in one)."""
