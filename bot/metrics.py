"""What the service counts, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """The numbers of one service, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages = Counter(
            "psqm_messages", "Messages of people, by what came of them.", ["channel", "outcome"], registry=self.registry
        )
        self.turn_seconds = Histogram(
            "psqm_turn_seconds", "Time from a message to its answer.", buckets=_SECONDS, registry=self.registry
        )
        self.topics = Counter("psqm_topics", "Answers, by topic.", ["topic"], registry=self.registry)
        self.engine_up = Gauge("psqm_engine_up", "Whether the engine answered last time.", registry=self.registry)

        self.mails = Counter(
            "psqm_mails", "Attempts to send a mail, by what came of them.", ["state"], registry=self.registry
        )
        self.outbox = Gauge(
            "psqm_outbox_mails", "Mails that have not left, by state.", ["state"], registry=self.registry
        )

        self.posts = Counter(
            "psqm_posts",
            "Attempts to post to Slack or Teams, by what came of them.",
            ["platform", "state"],
            registry=self.registry,
        )

        self.replies = Counter(
            "psqm_replies", "Mails that arrived, by what came of them.", ["state", "verdict"], registry=self.registry
        )

    def count_reply(self, state: str, verdict: str) -> None:
        """Counts a mail that arrived and was handled."""
        self.replies.labels(state, verdict).inc()

    def count_post(self, platform: str, state: str) -> None:
        """Counts an attempt to post."""
        self.posts.labels(platform, state).inc()

    def count_mail(self, state: str) -> None:
        """Counts an attempt to send a mail."""
        self.mails.labels(state).inc()

    def exposition(self) -> bytes:
        """All numbers in Prometheus' text format."""
        return generate_latest(self.registry)
