using System.Text;

namespace CoAgent.Proxy.Processes;

/// <summary>
/// An environment variable that a child and all its descendants carry, so that even one that made a session of its own is found.
/// </summary>
/// <remarks>Found through /proc, so on Linux only; a descendant that clears its environment is found by its process group alone.</remarks>
internal sealed record ChildMarker(string Value)
{
    /// <summary>Not to be handed on to a daemon: it must outlive the client that started it.</summary>
    public const string Variable = "COAGENT_CHILD_OF";

    private readonly byte[] _entry = Encoding.UTF8.GetBytes($"{Variable}={Value}\0");

    /// <summary>The running processes that carry this marker.</summary>
    public IReadOnlyList<int> FindProcesses() =>
        OperatingSystem.IsLinux() ? LinuxProcess.AllIds().Where(IsCarriedBy).ToList() : [];

    private bool IsCarriedBy(int processId)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{processId}/environ").AsSpan().IndexOf(_entry) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked, or it belongs to another user and so is none of ours.
            return false;
        }
    }
}
