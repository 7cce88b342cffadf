namespace CoAgent.Workspace.Files;

/// <summary>Puts a failure of the file system in words for an agent, without paths of the machine.</summary>
internal static class FileFailure
{
    internal static string Explain(string tool, Exception failure) => failure switch
    {
        UnauthorizedAccessException => Denied(tool),
        FileNotFoundException or DirectoryNotFoundException =>
            $"{tool} failed: something that it needed was removed while it ran; look again and call again.",
        PathTooLongException => $"{tool} failed: a name is longer than the file system allows.",
        _ => failure.HResult switch
        {
            SystemCalls.AccessDenied or SystemCalls.NotPermitted => Denied(tool),
            SystemCalls.NoSpace => $"{tool} failed: no space is left on the disk; delete something first.",
            SystemCalls.ReadOnlyFileSystem => $"{tool} failed: the file system is read-only.",
            SystemCalls.NameTooLong => $"{tool} failed: a name is longer than the file system allows.",
            SystemCalls.CrossDevice => $"{tool} failed: the two places are on different file systems; copy_file, then delete_file.",
            var code => $"{tool} failed: the file system refused it (error {code}).",
        },
    };

    private static string Denied(string tool) =>
        $"{tool} failed: permission denied; the mode or the owner of a file or directory on the way forbids it.";
}
