using CoAgent.Protocol.Trajectories;

namespace CoAgent.Runtime.Tools;

/// <summary>What is known of a call before it is made.</summary>
/// <param name="Call">What the protocol needs to know: footprint, view, inverse, replay.</param>
public sealed record ToolDeclaration(CallDeclaration Call)
{
    /// <summary>True where a result marked as an error is an outcome like others (a command's exit code), not a tool that failed.</summary>
    public bool IsErrorAnOutcome { get; init; }

    /// <summary>Whether somebody has declared the tool; else the policy <c>unknownTools</c> has (protocol.md, section 2).</summary>
    public bool IsKnown => Unknown is null;

    /// <summary>Why nobody is taken to have declared the tool; null where somebody has.</summary>
    public UnknownTool? Unknown { get; init; }
}

/// <summary>Why a tool is taken as unknown, and what ends that.</summary>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Command">The command that ends it.</param>
public sealed record UnknownTool(string Reason, string Command);
