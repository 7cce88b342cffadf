using System.Diagnostics;
using System.Text;
using CoAgent.Workspace.Files;

namespace CoAgent.Workspace.Bash;

/// <summary>All processes that one command has started, however far they have moved away from it.</summary>
/// <remarks>
/// On Linux a process belongs to the command when it is in its session or process group, or when its environment names the scratch folder of
/// the call, which daemons that left the session still carry. A process that does both, leaves the session and clears its environment, escapes.
/// Elsewhere the command's tree of processes is all that is known.
/// </remarks>
internal sealed class ProcessSession(Process leader, string scratch)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);
    private readonly byte[] _mark = Encoding.UTF8.GetBytes($"TMPDIR={scratch}\0");

    /// <summary>Waits until none of them is left.</summary>
    internal async Task WaitUntilGoneAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        // The leader's children are not ours: nobody tells when they end, so they are looked for.
        while (Members().Count > 0)
        {
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>Sends a signal to all of them.</summary>
    internal void Signal(int signal)
    {
        if (!OperatingSystem.IsLinux())
        {
            KillTree();
            return;
        }

        var members = Members();
        if (members.Any(member => member.InGroup))
        {
            // One call for the whole group, so that none is missed that is just being started.
            _ = SystemCalls.SendSignal(-leader.Id, signal);
        }

        foreach (var member in members.Where(member => !member.InGroup))
        {
            _ = SystemCalls.SendSignal(member.Id, signal);
        }
    }

    private List<Member> Members()
    {
        if (!OperatingSystem.IsLinux())
        {
            return leader.HasExited ? [] : [new Member(leader.Id, InGroup: true)];
        }

        var members = new List<Member>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), out var id) && Membership(directory, id) is { } member)
            {
                members.Add(member);
            }
        }

        return members;
    }

    private Member? Membership(string directory, int id)
    {
        try
        {
            // "pid (name) state ppid pgrp session …"; the name may hold spaces and brackets.
            var status = File.ReadAllText(directory + "/stat");
            var fields = status[(status.LastIndexOf(')') + 2)..].Split(' ', 5);
            if (fields[0] is "Z" or "X")
            {
                return null;
            }

            var inGroup = int.Parse(fields[2]) == leader.Id;
            var inSession = int.Parse(fields[3].AsSpan(0, fields[3].Length)) == leader.Id;
            return inGroup || inSession || CarriesMark(directory) ? new Member(id, inGroup) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended since it was listed, or it belongs to somebody else and so cannot be the command's.
            return null;
        }
    }

    private bool CarriesMark(string directory) => File.ReadAllBytes(directory + "/environ").AsSpan().IndexOf(_mark) >= 0;

    private void KillTree()
    {
        if (!leader.HasExited)
        {
            leader.Kill(entireProcessTree: true);
        }
    }

    private readonly record struct Member(int Id, bool InGroup);
}
