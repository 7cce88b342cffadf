using System.Collections.Immutable;

namespace CoAgent.Proxy.Processes;

/// <summary>
/// What to start as a child: the environment is the whole environment of the child, not a change to ours.
/// </summary>
internal sealed record ChildStart(
    string Name,
    string Command,
    ImmutableArray<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string WorkingDirectory);

/// <summary>A child that could not be started; the message says what is missing and what to do.</summary>
internal sealed class ChildStartException : Exception
{
    public ChildStartException(string message)
        : base(message)
    {
    }

    public ChildStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
