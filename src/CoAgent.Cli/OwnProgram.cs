using System.Collections.Immutable;

namespace CoAgent.Cli;

/// <summary>How this very program is started.</summary>
internal static class OwnProgram
{
    /// <summary>The command and the arguments that come before ours: the executable, or <c>dotnet</c> with the assembly.</summary>
    public static (string Command, ImmutableArray<string> Arguments) CommandLine()
    {
        var process = Environment.ProcessPath ?? throw new InvalidOperationException("A process has a path.");
        return Path.GetFileNameWithoutExtension(process) == "dotnet"
            ? (process, [Path.Combine(AppContext.BaseDirectory, "coagent.dll")])
            : (process, []);
    }
}
