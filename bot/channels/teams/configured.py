"""Whether Teams is on. It imports nothing of the SDK, which costs a service that has no Teams nothing."""

from bot.settings import Settings, SettingsError


def is_on(settings: Settings) -> bool:
    """Raises SettingsError when only some of the three settings are there."""
    given = {
        "PSQM_TEAMS_APP_ID": settings.teams_app_id,
        "PSQM_TEAMS_APP_SECRET": settings.teams_app_secret,
        "PSQM_TEAMS_TENANT_ID": settings.teams_tenant_id,
    }
    missing = [name for name, value in given.items() if not value]
    if missing and len(missing) < len(given):
        raise SettingsError(f"{' and '.join(missing)} is missing: Teams needs all three of its settings.")
    return not missing
