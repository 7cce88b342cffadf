using System.Collections.Immutable;

namespace CoAgent.Proxy.Processes;

/// <summary>How a child ended, and the last lines that it wrote to stderr.</summary>
/// <param name="ExitCode">The exit code; 128 + N where signal N ended the child.</param>
/// <param name="LastErrorLines">At most <see cref="ErrorLines.KeptLineCount"/> lines, oldest first.</param>
internal sealed record ChildExit(int ExitCode, ImmutableArray<string> LastErrorLines)
{
    private const int SignalBase = 128;

    private static readonly Dictionary<int, string> s_signalNames = new()
    {
        [1] = "SIGHUP",
        [2] = "SIGINT",
        [3] = "SIGQUIT",
        [4] = "SIGILL",
        [6] = "SIGABRT",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [13] = "SIGPIPE",
        [15] = "SIGTERM",
    };

    /// <summary>The signal that ended the child, as far as the exit code tells it.</summary>
    public string? Signal => s_signalNames.GetValueOrDefault(ExitCode - SignalBase);

    /// <summary>One clause for an error message: "exited with code 1", "was ended by SIGKILL".</summary>
    public string Describe() => Signal is { } signal ? $"was ended by {signal}" : $"exited with code {ExitCode}";
}
