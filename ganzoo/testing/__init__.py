"""`check_gan(MyGAN)`: does this GAN play by the rules, and if not, what is to be changed? For the zoo and for coursework.

On the command line: `python -m ganzoo.testing my_gan.py:MyGAN`; exit status 0 where all checks pass, 1 where one does not,
2 where there is nothing to check.
"""

from ganzoo.testing.battery import CHECKS, check_gan
from ganzoo.testing.report import Finding, Report

__all__ = ["CHECKS", "Finding", "Report", "check_gan"]
