using System.Globalization;

namespace CoAgent.Proxy.Processes;

/// <summary>What /proc says about one process.</summary>
internal readonly record struct LinuxProcess(string State, int GroupId, ulong StartTicks)
{
    // /proc/PID/stat, counted from the state, which follows the name in parentheses.
    private const int StateField = 0;
    private const int GroupField = 2;
    private const int StartTicksField = 19;

    /// <summary>False for one that has ended and only waits to be collected by its parent.</summary>
    public bool IsRunning => State is not ("Z" or "X");

    /// <summary>The system's own threads are listed as processes too; they are in no group.</summary>
    public bool IsKernelThread => GroupId == 0;

    /// <summary>All processes that there are.</summary>
    public static IEnumerable<int> AllIds()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), CultureInfo.InvariantCulture, out var id))
            {
                yield return id;
            }
        }
    }

    /// <summary>Null when there is no such process (any more).</summary>
    public static LinuxProcess? Read(int id)
    {
        try
        {
            // The name may hold spaces and parentheses itself, so the last one counts.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var groupId = int.Parse(fields[GroupField], CultureInfo.InvariantCulture);
            var startTicks = ulong.Parse(fields[StartTicksField], CultureInfo.InvariantCulture);
            return new LinuxProcess(fields[StateField], groupId, startTicks);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
