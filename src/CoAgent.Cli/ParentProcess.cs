using System.Runtime.InteropServices;

namespace CoAgent.Cli;

/// <summary>The process that started this one.</summary>
internal static partial class ParentProcess
{
    public static int Id() => OperatingSystem.IsWindows() ? Environment.ProcessId : GetParentProcessId();

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParentProcessId();
}
