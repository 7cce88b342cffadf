using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;

namespace CoAgent.Proving.Agents;

/// <summary>Programs that run at the same time, and under which options.</summary>
/// <param name="Programs">The programs; the first has rank 1.</param>
internal sealed record Scenario(ImmutableArray<AgentProgram> Programs)
{
    /// <summary>How a write passes the premise gate.</summary>
    public GateMode Gate { get; init; } = GateMode.Reissue;

    /// <summary>What becomes of an irreversible write that comes too early.</summary>
    public IrreversibleMode Irreversible { get; init; } = IrreversibleMode.Hold;

    /// <summary>How many notices of one transaction may be unsettled; 0: as many as by default.</summary>
    public int NoticesMax { get; init; }

    /// <summary>How many effects may end otherwise than they should.</summary>
    public int FaultCount { get; init; }

    /// <summary>How often an agent or its line may do what is unusual: cancel a call, ask again, be told again.</summary>
    public int DisturbanceCount { get; init; }

    /// <summary>Whether agents may be gone among what is unusual: then nobody says what the end has to be.</summary>
    public bool MayLeave { get; init; }

    /// <summary>Whether agents begin when they make their first call; else they have all begun before.</summary>
    public bool BeginsLate { get; init; }

    /// <summary>The options of its workspace.</summary>
    /// <param name="options">What else is decided.</param>
    public ProtocolOptions Configure(ProtocolOptions options) => options with
    {
        Gate = Gate,
        Irreversible = Irreversible,
        Limits = NoticesMax > 0 ? options.Limits with { NoticesPerTransactionMax = NoticesMax } : options.Limits,
        Order = BeginsLate
            ? DeclaredOrder.Create([.. Programs.Select((_, i) => new OrderEntry(ScriptedAgent.NameOf(i), Await: true))])
            : DeclaredOrder.None,
    };

    /// <inheritdoc/>
    public bool Equals(Scenario? other) => other is not null && ScenarioText.Write(this) == ScenarioText.Write(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ScenarioText.Write(this).GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => ScenarioText.Write(this);
}
