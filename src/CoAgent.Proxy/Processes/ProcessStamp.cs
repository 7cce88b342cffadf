using System.Diagnostics;
using System.Globalization;

namespace CoAgent.Proxy.Processes;

/// <summary>
/// When a process started, exactly enough to tell it from a later one with the same id, across reboots too.
/// </summary>
internal readonly record struct ProcessStamp(string Value)
{
    /// <summary>
    /// The stamp of a running process; null when there is none (one that only waits to be collected has ended).
    /// </summary>
    public static ProcessStamp? Of(int processId) =>
        OperatingSystem.IsLinux() ? OfLinuxProcess(processId) : OfAnyProcess(processId);

    private static ProcessStamp? OfLinuxProcess(int processId)
    {
        if (LinuxProcess.Read(processId) is not { IsRunning: true } process)
        {
            return null;
        }

        var bootId = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        return new ProcessStamp($"{bootId}/{process.StartTicks}");
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
