namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>Removes a folder whatever a program has left in it: folders that nobody may enter are opened first.</summary>
internal static class FileTreeRemoval
{
    internal static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException && Directory.Exists(folder))
        {
            Open(new DirectoryInfo(folder));
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Open(DirectoryInfo folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (var below in folder.EnumerateDirectories().Where(static below => below.LinkTarget is null))
        {
            Open(below);
        }
    }
}
