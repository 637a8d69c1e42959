"""Law 2: small functions, small files, few positional parameters."""

from tests.laws.source import Function, files, functions, where

EVERYWHERE = ("src", "tests", "bench")
LINES_OF_A_FUNCTION, LINES_OF_A_FILE, POSITIONAL_PARAMETERS = 60, 500, 5


def positional(function: Function) -> int:
    arguments = function.args.posonlyargs + function.args.args
    itself = bool(arguments) and arguments[0].arg in {"self", "cls"}
    return len(arguments) - itself


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [
        f"{where(path, function)} {function.name}"
        for path in files(*EVERYWHERE)
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > LINES_OF_A_FUNCTION
    ]
    assert not long


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    long = [where(path) for path in files(*EVERYWHERE) if len(path.read_text().splitlines()) > LINES_OF_A_FILE]
    assert not long


def test_no_function_has_more_than_five_positional_parameters() -> None:
    many = [
        f"{where(path, function)} {function.name}"
        for path in files("src", "bench")
        for function in functions(path)
        if positional(function) > POSITIONAL_PARAMETERS
    ]
    assert not many
