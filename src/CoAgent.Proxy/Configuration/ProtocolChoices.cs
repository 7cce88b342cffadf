namespace CoAgent.Proxy.Configuration;

/// <summary>What the file says in the protocol's own words.</summary>
internal static class ProtocolChoices
{
    /// <summary>How a write passes the premise gate.</summary>
    public static Protocol.GateMode ToProtocol(this GateMode gate) => gate switch
    {
        GateMode.Reissue => Protocol.GateMode.Reissue,
        GateMode.Ack => Protocol.GateMode.Acknowledge,
        GateMode.Off => Protocol.GateMode.Off,
        _ => throw new ArgumentOutOfRangeException(nameof(gate)),
    };

    /// <summary>What becomes of an irreversible write that comes too early.</summary>
    public static Protocol.IrreversibleMode ToProtocol(this IrreversibleMode mode) => mode switch
    {
        IrreversibleMode.Hold => Protocol.IrreversibleMode.Hold,
        IrreversibleMode.Defer => Protocol.IrreversibleMode.Defer,
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    /// <summary>What the journal survives.</summary>
    public static Runtime.Journal.Durability ToRuntime(this Durability durability) => durability switch
    {
        Durability.Full => Runtime.Journal.Durability.Full,
        Durability.Normal => Runtime.Journal.Durability.Process,
        _ => throw new ArgumentOutOfRangeException(nameof(durability)),
    };
}
