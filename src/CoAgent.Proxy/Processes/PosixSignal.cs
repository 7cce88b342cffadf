using System.Runtime.InteropServices;

namespace CoAgent.Proxy.Processes;

/// <summary>The signals that we send, by their number (the same on Linux and macOS).</summary>
internal enum PosixSignal
{
    /// <summary>Asks only whether the target is there.</summary>
    None = 0,
    Kill = 9,
    Terminate = 15,
}

/// <summary>Sends signals to processes and process groups; .NET itself can only kill.</summary>
internal static class PosixSignals
{
    /// <summary>False when there is no such process, or it is not ours to signal.</summary>
    public static bool SendToProcess(int processId, PosixSignal signal)
    {
        // Ids of 1 and below address groups, everyone, or init.
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(processId, 1);
        return kill(processId, (int)signal) == 0;
    }

    /// <summary>False when the group has no member, or none of them is ours to signal.</summary>
    public static bool SendToGroup(int groupId, PosixSignal signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(groupId, 1);
        return kill(-groupId, (int)signal) == 0;
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int pid, int signal);
}
