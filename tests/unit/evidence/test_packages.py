"""Environment files are read for the packages that they name."""

from __future__ import annotations

import pytest

from cuvee.evidence.packages import packages

PIP = """\
# made by hand
Scikit_Learn == 1.7.2
numpy>=2,<3
pandas
joblib[fast]==1.4
tqdm==4.1; python_version < "3.12"
-r others.txt
"""
CONDA = """\
channels: [conda-forge]
dependencies:
- python=3.12.1
- conda-forge::libgomp=14=h1
- pip<=25
- pip:
  - numpy==1.0
  - extra==1
"""


def test_requirements_are_read_line_by_line() -> None:
    assert packages({"requirements.txt": PIP}) == {
        ("pip", "scikit-learn"): "1.7.2",
        ("pip", "numpy"): ">=2,<3",
        ("pip", "pandas"): "",
        ("pip", "joblib"): "joblib[fast]==1.4",
        ("pip", "tqdm"): 'tqdm==4.1; python_version < "3.12"',
        ("pip", "-r others.txt"): "",
    }


def test_what_the_more_exact_file_says_counts() -> None:
    environment = "python: 3.13.0\nbuild_dependencies: [setuptools==80]\n"
    found = packages({"requirements.txt": PIP, "python_env.yaml": environment, "conda.yaml": CONDA})

    assert found["python", "python"] == "3.13.0"
    assert found["build", "setuptools"] == "80"
    assert found["pip", "numpy"] == ">=2,<3"
    assert found["pip", "extra"] == "1"
    assert found["conda", "pip"] == "<=25"
    assert found["conda", "conda-forge::libgomp"] == "14=h1"


@pytest.mark.parametrize("text", ["dependencies: {a: 1}", "dependencies: [[1], 2, null]", "a: 1"])
def test_what_names_no_package_is_passed_over(text: str) -> None:
    assert packages({"conda.yaml": text}) == {}


@pytest.mark.parametrize("text", ["- a", "a: [", "1", "a: 2026-99-99"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"conda.yaml (is not YAML|holds no mapping)"):
        packages({"conda.yaml": text})
