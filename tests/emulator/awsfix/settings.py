"""What a test may change about one account: durations, dead zones, failing targets."""

from dataclasses import asdict, dataclass, field, fields


@dataclass
class Settings:
    """Durations are virtual seconds."""

    # from CreateLoadBalancer to the state "active"
    load_balancer_seconds: float = 2
    # from a change of records to the status INSYNC
    dns_seconds: float = 2
    # from a launch to the instance being in service (or waiting for its hook)
    launch_seconds: float = 1
    # from the decision to terminate (or the end of its hook) to the instance being gone
    terminate_seconds: float = 1
    # how long a deleted load balancer's network interfaces keep their subnets and security groups in use
    interface_linger_seconds: float = 1
    # from CreateNatGateway to the state "available"
    nat_gateway_seconds: float = 2
    # until a role, an instance profile, or the role in it can be seen
    iam_seconds: float = 0
    # zones in which no instance can be launched
    dead_zones: list = field(default_factory=list)
    # instances launched from now on fail their load balancer health checks
    new_targets_fail: bool = False

    def update(self, values):
        """Changes the named settings; raises ValueError for an unknown name or a value of the wrong kind."""
        known = {f.name: f for f in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"no such setting: {name}")
            current = getattr(self, name)
            wanted = (
                (int, float)
                if isinstance(current, (int, float)) and not isinstance(current, bool)
                else type(current)
            )
            if not isinstance(value, wanted) or (isinstance(value, bool) and not isinstance(current, bool)):
                raise ValueError(f"wrong kind of value for {name}: {value!r}")
        for name, value in values.items():
            setattr(self, name, value)

    def as_dict(self):
        return asdict(self)
