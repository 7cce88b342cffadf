using System.Collections.Immutable;
using System.Text;

namespace CoAgent.Proxy.Processes;

/// <summary>
/// An environment variable that a child and all its descendants carry, so that even one that made a session of its
/// own is found.
/// </summary>
/// <remarks>
/// Found through /proc, so on Linux only; a descendant that clears its environment is found by its process group
/// alone.
/// </remarks>
internal sealed record ChildMarker(string Value)
{
    /// <summary>Not to be handed on to a daemon: it must outlive the client that started it.</summary>
    public const string Variable = "COAGENT_CHILD_OF";

    private readonly byte[] _entry = Encoding.UTF8.GetBytes($"{Variable}={Value}\0");

    /// <summary>The processes that carry this marker now.</summary>
    /// <param name="since">No descendant started before this, in the ticks of /proc.</param>
    public MarkedProcesses Find(ulong since)
    {
        var found = new List<int>();
        var isSure = true;
        foreach (var id in OperatingSystem.IsLinux() ? LinuxProcess.AllIds() : [])
        {
            var environment = ReadEnvironment(id);
            if (environment.AsSpan().IndexOf(_entry) >= 0)
            {
                found.Add(id);
            }
            else if (environment is [] && MayBeBetweenPrograms(id, since))
            {
                isSure = false;
            }
        }

        return new MarkedProcesses([.. found], isSure);
    }

    /// <summary>Whether a process that shows no environment may just be executing a new program and show it in a moment.</summary>
    private static bool MayBeBetweenPrograms(int id, ulong since) =>
        LinuxProcess.Read(id) is { IsRunning: true, IsKernelThread: false } process && process.StartTicks >= since;

    /// <summary>Null when the process has ended while we looked, or is another user's and so none of ours.</summary>
    private static byte[]? ReadEnvironment(int id)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/environ");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>What a search for a marker came to.</summary>
/// <param name="Ids">The processes that carry it.</param>
/// <param name="IsSure">False when another one may have been hidden for a moment.</param>
internal sealed record MarkedProcesses(ImmutableArray<int> Ids, bool IsSure);
