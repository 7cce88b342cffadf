using System.Diagnostics;

namespace CoAgent.Proxy.Processes;

/// <summary>A child with everything that it started: its process group and whoever carries its marker.</summary>
internal sealed class ChildFamily(Process child, ChildMarker marker, bool leadsGroup)
{
    private readonly int _childId = child.Id;

    private readonly ulong _since = OperatingSystem.IsLinux() ? LinuxProcess.Read(child.Id)?.StartTicks ?? 0 : 0;

    /// <summary>Looks whether something that the child started still runs. Only asked when the child has ended.</summary>
    /// <remarks>
    /// The id of an ended leader is not given away again while its group has a member. When it has none, the id could
    /// in theory be another's by now, but ids are dealt in turn and we look at once.
    /// </remarks>
    public Descendants Look()
    {
        if (GroupHasMembers())
        {
            return Descendants.Running;
        }

        return marker.Find(_since) switch
        {
            { Ids.Length: > 0 } => Descendants.Running,
            { IsSure: true } => Descendants.Gone,
            _ => Descendants.Unsure,
        };
    }

    /// <summary>Signals all of them.</summary>
    public void Send(PosixSignal signal)
    {
        if (signal == PosixSignal.None)
        {
            return;
        }

        // The first milliseconds of a child are spent before it leads its group.
        if (!(leadsGroup && PosixSignals.SendToGroup(_childId, signal)))
        {
            SendToChild(signal);
        }

        foreach (var processId in marker.Find(_since).Ids)
        {
            PosixSignals.SendToProcess(processId, signal);
        }
    }

    private bool GroupHasMembers()
    {
        if (!leadsGroup || !PosixSignals.SendToGroup(_childId, PosixSignal.None))
        {
            return false;
        }

        // A signal also reaches those that have ended and are not collected yet, and some containers never collect
        // them.
        return !OperatingSystem.IsLinux()
            || LinuxProcess.AllIds().Any(
                id => LinuxProcess.Read(id) is { IsRunning: true } process && process.GroupId == _childId);
    }

    private void SendToChild(PosixSignal signal)
    {
        if (child.HasExited)
        {
            return;
        }

        if (signal == PosixSignal.Kill)
        {
            // Where there are no groups (macOS without setsid, Windows) this finds the children by their parents.
            child.Kill(entireProcessTree: !leadsGroup);
        }
        else if (!OperatingSystem.IsWindows())
        {
            PosixSignals.SendToProcess(_childId, signal);
        }
    }
}

/// <summary>What is left of an ended child.</summary>
internal enum Descendants
{
    Gone,
    Running,

    /// <summary>Some process cannot be judged at this moment.</summary>
    Unsure,
}
