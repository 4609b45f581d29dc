"""The paths that tutor names."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import tutor


def test_where_names_the_config_file_and_the_data_folder(tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "mine.toml"
    said = tutor("where", cwd=tmp_path, TUTOR_DATA=str(data), TUTOR_CONFIG=str(config)).stdout
    lines = dict(line.split(maxsplit=1) for line in said.splitlines())
    assert (lines["data"], lines["settings"]) == (str(data), str(config))
    assert not data.exists()


def test_doctor_looks_at_the_folder_of_a_config_file_that_is_there(tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text("hints = true\n")
    said = tutor("doctor", cwd=tmp_path, TUTOR_DATA=str(tmp_path), TUTOR_CONFIG=str(config)).stdout
    assert f"✓ settings in {tmp_path}\n" in said
