"""The engine's way back: it posts an action's name and its tracker, and gets what the action did. Private port only."""

import structlog
from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionMissingDomainException, ActionNotFoundException

_LARGEST = 16 * 1024 * 1024  # bytes: a tracker carries its whole conversation, and the domain

EXECUTOR = web.AppKey("executor", ActionExecutor)

_log = structlog.get_logger(__name__)


def action_app(executor: ActionExecutor) -> web.Application:
    """An application with the one route that the engine calls."""
    app = web.Application(client_max_size=_LARGEST)
    app[EXECUTOR] = executor
    app.router.add_post("/webhook", _run_action)
    return app


async def _run_action(request: web.Request) -> web.Response:
    """The statuses are those of rasa-sdk's own server; the engine tells them apart."""
    try:
        call = await request.json()
        action = call.get("next_action")
        call.setdefault("domain", {})  # endpoints.yml has it left out of each call: no action of ours asks for it
    except (ValueError, AttributeError):
        return web.json_response({"error": "the body is no action call"}, status=400)
    try:
        result = await request.app[EXECUTOR].run(call)
    except ActionExecutionRejection as error:
        return _refusal(400, error.message, error.action_name)
    except ActionNotFoundException as error:
        return _refusal(404, error.message, error.action_name)
    except ActionMissingDomainException as error:
        return _refusal(449, error.message, error.action_name)
    except Exception as error:
        _log.exception("action failed", action=action, conversation=call.get("sender_id"))
        return web.json_response({"error": f"{action} failed: {type(error).__name__}"}, status=500)
    return web.json_response(result.model_dump() if result else None)


def _refusal(status: int, error: str, action: str) -> web.Response:
    return web.json_response({"error": error, "action_name": action}, status=status)
