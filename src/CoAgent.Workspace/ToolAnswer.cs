namespace CoAgent.Workspace;

/// <summary>What a workspace tool tells the agent.</summary>
/// <param name="Text">The text of the answer; holds nothing that differs from run to run.</param>
/// <param name="IsError">Whether the call did not do what was asked.</param>
public sealed record ToolAnswer(string Text, bool IsError)
{
    internal static ToolAnswer Done(string text) => new(text, IsError: false);

    internal static ToolAnswer Failed(string text) => new(text, IsError: true);
}

/// <summary>A call that cannot be carried out, with what the agent is told; caught where calls are dispatched.</summary>
internal sealed class CallRefusedException(string message) : Exception(message);
