"""A small, faithful Firezone portal for gateways, clients and relays, with no database.

It shares no code with the gateway on purpose: one misreading of the protocol must not be able
to hide on both sides. Layers, each knowing only those above it:

    derive  config                what is computed, what is configured
    journal faults                what was seen, what shall go wrong
    directory relays flows        who exists, who relays, who may reach what
    phoenix login                 one WebSocket: how it begins and how it talks
    portal                        the state all channels share, and what the operator can change
    channels/                     what each kind of device says and hears
    server control main           the doors
"""
