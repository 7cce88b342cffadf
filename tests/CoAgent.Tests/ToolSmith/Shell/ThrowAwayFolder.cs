namespace CoAgent.Tests.ToolSmith.Shell;

/// <summary>An empty folder for one test.</summary>
internal sealed class ThrowAwayFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("coagent-shell-").FullName;

    /// <summary>A program that tells how it is called, and folders and files to be called on.</summary>
    public void MakeProbe()
    {
        var probe = System.IO.Path.Combine(Path, "probe");
        File.WriteAllText(probe, ProbeCall.Program);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(probe, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.CreateDirectory(System.IO.Path.Combine(Path, "a", "b"));
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "b"));
        File.WriteAllText(System.IO.Path.Combine(Path, "one.t"), "");
        File.WriteAllText(System.IO.Path.Combine(Path, "a", "two.t"), "");
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
