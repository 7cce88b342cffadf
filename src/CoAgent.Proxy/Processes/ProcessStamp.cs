using System.Diagnostics;
using System.Globalization;

namespace CoAgent.Proxy.Processes;

/// <summary>When a process started, exactly enough to tell it from a later one with the same id, across reboots too.</summary>
internal readonly record struct ProcessStamp(string Value)
{
    // /proc/PID/stat, counted from the state, which follows the name in parentheses.
    private const int StateField = 0;
    private const int StartTicksField = 19;

    /// <summary>The stamp of a running process; null when there is none (one that only waits to be collected has ended).</summary>
    public static ProcessStamp? Of(int processId) =>
        OperatingSystem.IsLinux() ? OfLinuxProcess(processId) : OfAnyProcess(processId);

    private static ProcessStamp? OfLinuxProcess(int processId)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{processId}/stat");
        }
        catch (IOException)
        {
            // No such directory, or the process ended while we read.
            return null;
        }

        // The name may hold spaces and parentheses itself, so the last one counts.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        if (fields[StateField] is "Z" or "X")
        {
            return null;
        }

        var bootId = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        return new ProcessStamp($"{bootId}/{fields[StartTicksField]}");
    }

    private static ProcessStamp? OfAnyProcess(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return new ProcessStamp(process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
