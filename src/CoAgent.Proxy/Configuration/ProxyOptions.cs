using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Proxy.Configuration;

/// <summary>How a write of an agent with unseen notices is let through (<c>gate</c>).</summary>
public enum GateMode
{
    /// <summary>Issuing the same call again is the consent.</summary>
    Reissue,

    /// <summary>The notices are acknowledged first.</summary>
    Ack,

    /// <summary>Writes are never held back.</summary>
    Off,
}

/// <summary>What an irreversible write does until every lower rank has finished (<c>irreversible</c>).</summary>
public enum IrreversibleMode
{
    /// <summary>The call stays open.</summary>
    Hold,

    /// <summary>The call answers with a receipt and executes later.</summary>
    Defer,
}

/// <summary>How a tool without a manifest is taken (<c>unknownTools</c>).</summary>
public enum UnknownToolMode
{
    /// <summary>By its server's own hints, within that server's scope.</summary>
    Hints,

    /// <summary>As writing everything.</summary>
    Isolate,

    /// <summary>As touching nothing: it is recorded and let through.</summary>
    Observe,
}

/// <summary>By which rules concurrent agents are kept apart (<c>protocol</c>).</summary>
public enum CoordinationProtocol
{
    /// <summary>Order fixed in advance, writes in place, late writes put beneath later ones (<c>mtpo</c>).</summary>
    Mtpo,

    /// <summary>One agent after the other (<c>serial</c>).</summary>
    Serial,

    /// <summary>Strict two-phase locking (<c>2pl</c>).</summary>
    TwoPhaseLocking,

    /// <summary>Optimistic, validated at the finish (<c>occ</c>).</summary>
    Optimistic,

    /// <summary>No coordination (<c>none</c>).</summary>
    None,
}

/// <summary>What a journal entry has survived when the next step is taken (<c>durability</c>).</summary>
public enum Durability
{
    /// <summary>A loss of power: it is on the disk.</summary>
    Full,

    /// <summary>A crash of the daemon: the operating system has it.</summary>
    Normal,
}

/// <summary>What becomes of the schemas that tools give for their results (<c>outputSchemas</c>).</summary>
public enum OutputSchemaMode
{
    /// <summary>They are passed on; a notice that they leave no room for comes with another result.</summary>
    Keep,

    /// <summary>They are taken out of the lists of tools, so that a notice can ride on every result.</summary>
    Strip,
}

/// <summary>What the <c>coagent</c> member of the file says of the workspace as a whole.</summary>
public sealed record ProxyOptions
{
    /// <summary>The journal's full path.</summary>
    /// <value><c>.coagent/journal.db</c> beside the file.</value>
    public required string Journal { get; init; }

    /// <summary>The full path of the folder with tool manifests.</summary>
    /// <value><c>tools-catalog</c> beside the file.</value>
    public required string Catalog { get; init; }

    /// <summary>How a write of an agent with unseen notices is let through.</summary>
    /// <value><see cref="GateMode.Reissue"/>.</value>
    public GateMode Gate { get; init; }

    /// <summary>What an irreversible write does until its turn.</summary>
    /// <value><see cref="IrreversibleMode.Hold"/>.</value>
    public IrreversibleMode Irreversible { get; init; }

    /// <summary>How a tool without a manifest is taken.</summary>
    /// <value><see cref="UnknownToolMode.Hints"/>.</value>
    public UnknownToolMode UnknownTools { get; init; }

    /// <summary>What becomes of the transaction of an agent that is gone.</summary>
    /// <value><see cref="DisconnectPolicy.Finish"/>.</value>
    public DisconnectPolicy OnDisconnect { get; init; }

    /// <summary>How long an agent may be gone before <see cref="OnDisconnect"/> applies.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan DisconnectGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a transaction may be idle before it counts as finished.</summary>
    /// <value>15 minutes.</value>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The declared serial order.</summary>
    /// <value>Empty: order of arrival.</value>
    public ImmutableArray<OrderEntry> Order { get; init; } = [];

    /// <summary>The rules of coordination.</summary>
    /// <value><see cref="CoordinationProtocol.Mtpo"/>.</value>
    public CoordinationProtocol Protocol { get; init; }

    /// <summary>What a journal entry survives.</summary>
    /// <value><see cref="Durability.Full"/>.</value>
    public Durability Durability { get; init; }

    /// <summary>What becomes of the schemas that tools give for their results.</summary>
    /// <value><see cref="OutputSchemaMode.Keep"/>.</value>
    public OutputSchemaMode OutputSchemas { get; init; }

    /// <summary>The IP address that the daemon listens on.</summary>
    /// <value><c>127.0.0.1</c>.</value>
    public string Listen { get; init; } = "127.0.0.1";

    /// <summary>The TCP port that the daemon listens on.</summary>
    /// <value>0: any that is free.</value>
    public int Port { get; init; }

    /// <summary>How much of everything is taken.</summary>
    public Limits Limits { get; init; } = new();

    /// <summary>Compares what the two say, collections included.</summary>
    public bool Equals(ProxyOptions? other) =>
        other is not null
        && (Journal, Catalog, Gate, Irreversible, UnknownTools) ==
            (other.Journal, other.Catalog, other.Gate, other.Irreversible, other.UnknownTools)
        && (OnDisconnect, DisconnectGrace, Lease, Protocol, Durability) ==
            (other.OnDisconnect, other.DisconnectGrace, other.Lease, other.Protocol, other.Durability)
        && (Listen, Port, Limits, OutputSchemas) == (other.Listen, other.Port, other.Limits, other.OutputSchemas)
        && Order.SequenceEqual(other.Order);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Journal, Catalog, Lease, Order.Length, Protocol, Listen, Port, Limits);
}
