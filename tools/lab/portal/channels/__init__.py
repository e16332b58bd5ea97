"""What each kind of device says to the portal and hears from it, one module per kind."""

from .client import ClientChannel
from .gateway import GatewayChannel
from .relay import RelayChannel

BY_ROLE = {"gateway": GatewayChannel, "client": ClientChannel, "relay": RelayChannel}
