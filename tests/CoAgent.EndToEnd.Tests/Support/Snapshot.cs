namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>Compares what a person reads with what was looked at and approved (<c>NAME.verified.txt</c>).</summary>
/// <remarks>A text that differs is left beside it as <c>NAME.received.txt</c>: look at it, then rename it.</remarks>
internal static class Snapshot
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "CoAgent.EndToEnd.Tests", "Snapshots");

    public static void Matches(string name, string text)
    {
        var verified = Path.Combine(Folder, $"{name}.verified.txt");
        var received = Path.Combine(Folder, $"{name}.received.txt");
        var actual = text.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var expected = File.Exists(verified) ? File.ReadAllText(verified) : "";
        if (actual == expected)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Fail($"{name} is not as in {Path.GetFileName(verified)}; compare it with {Path.GetFileName(received)}.\n{actual}");
    }
}
