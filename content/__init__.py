"""What is said but not learned, and the code that reads the directory of numbers. Known to both processes.

Standard library and PyYAML only, for Python 3.10 and later.
"""
