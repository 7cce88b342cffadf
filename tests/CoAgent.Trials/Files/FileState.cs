namespace CoAgent.Trials.Files;

/// <summary>A file as it is: what somebody without an undo remembers to put it back.</summary>
/// <param name="Path">Where.</param>
/// <param name="Content">What it holds; null when it is not there.</param>
internal sealed record FileState(string Path, byte[]? Content)
{
    public static FileState Of(string path) => new(path, File.Exists(path) ? File.ReadAllBytes(path) : null);

    /// <summary>Puts it back.</summary>
    public void Restore()
    {
        if (Content is null)
        {
            File.Delete(Path);
        }
        else
        {
            File.WriteAllBytes(Path, Content);
        }
    }
}
