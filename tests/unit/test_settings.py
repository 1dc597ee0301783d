"""Settings: derived values, secrets, and errors in one line."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError


def test_defaults_make_a_service_on_this_machine(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.engine_url == "http://127.0.0.1:5005"
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/psqm.db"
    assert settings.rate_limit == 20
    assert not settings.is_https


def test_environment_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSQM_PORT", "9001")
    monkeypatch.setenv("PSQM_RATE_LIMIT", "off")
    monkeypatch.setenv("PSQM_ALLOWED_ORIGINS", "https://a.example, https://B.example/")
    monkeypatch.setenv("PSQM_TRUSTED_PROXIES", "10.0.0.1,192.168.0.0/16")
    monkeypatch.setenv("PSQM_ENGINE_SECRET", "shared")
    monkeypatch.setenv("PSQM_SECRET_KEY", "k" * 40)
    settings = Settings()
    assert settings.port == 9001
    assert settings.rate_limit is None
    assert settings.allowed_origins == ("https://a.example", "https://b.example")
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.1/32", "192.168.0.0/16"]
    assert settings.engine_secret == "shared"
    assert settings.secret_key == "k" * 40


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgres://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql+asyncpg://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
    ],
)
def test_a_database_address_gets_its_asynchronous_driver(given: str, used: str) -> None:
    assert Settings(database_url=given).database_url == used


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PSQM_PORT", "ninety"),
        ("PSQM_PORT", "70000"),
        ("PSQM_RATE_LIMIT", "0"),
        ("PSQM_ALLOWED_ORIGINS", "example.org"),
        ("PSQM_ALLOWED_ORIGINS", "https://example.org/page"),
        ("PSQM_TRUSTED_PROXIES", "proxy"),
        ("PSQM_LOG_LEVEL", "chatty"),
        ("PSQM_ENGINE_TIMEOUT", "-1"),
    ],
)
def test_an_invalid_setting_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        Settings()
    assert str(error.value).startswith(f"{name} ")
    assert "\n" not in str(error.value)


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = Settings(data_dir=tmp_path).secret_key, Settings(data_dir=tmp_path).secret_key
    assert first == second
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_processes_that_start_together_agree_on_the_secret_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: Settings(data_dir=tmp_path).secret_key, range(32)))
    assert len(keys) == 1


def test_a_damaged_secret_key_is_reported(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("short")
    with pytest.raises(SettingsError, match="damaged: remove it"):
        _ = Settings(data_dir=tmp_path).secret_key


def test_the_engine_secret_follows_from_the_secret_key_and_does_not_give_it_away() -> None:
    one, other = Settings(secret_key="a" * 40), Settings(secret_key="b" * 40)
    assert one.engine_secret == Settings(secret_key="a" * 40).engine_secret
    assert one.engine_secret != other.engine_secret
    assert "a" * 40 not in repr(one)


def test_a_data_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="PSQM_DATA_DIR") as error:
        Settings(data_dir=tmp_path / "file").ensure_data_dir()
    assert "\n" not in str(error.value)


def test_a_data_folder_that_nobody_may_write_to_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "touch", refuse)  # root may write everywhere, so rights alone would not do
    with pytest.raises(SettingsError, match="Permission denied"):
        Settings(data_dir=tmp_path).ensure_data_dir()


def test_the_example_names_every_setting_and_no_other() -> None:
    example = Path(__file__).parents[2] / ".env.example"
    named = {line.lstrip("# ").partition("=")[0] for line in example.read_text().splitlines() if "=" in line}
    fields = {f"PSQM_{name.upper().removeprefix('GIVEN_')}" for name in Settings.model_fields}
    assert {name for name in named if name.startswith("PSQM_")} == fields
    assert not any(os.environ.get(name) for name in fields - {"PSQM_DATA_DIR", "PSQM_EXAMPLE_DATA"})
