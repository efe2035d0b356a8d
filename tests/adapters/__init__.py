"""Tests of the doors to the world."""
