using CoAgent.Protocol;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Runs;

/// <summary>What is tried: the protocol with all its rules or without some, in a good world or in a defective one.</summary>
internal sealed record ProofOptions
{
    /// <summary>The protocol's options, as far as a scenario does not decide them.</summary>
    public ProtocolOptions Protocol { get; init; } = new();

    /// <summary>What is wrong with the world on purpose.</summary>
    public WorldDefect Defect { get; init; }

    /// <summary>How many choices a run may take. Beyond: it is held to go on forever.</summary>
    public int ChoicesMax { get; init; } = 5_000;
}
