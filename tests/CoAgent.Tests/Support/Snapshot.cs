namespace CoAgent.Tests.Support;

/// <summary>Compares what a person or a model reads with what was looked at and approved (<c>NAME.verified.txt</c>).</summary>
/// <remarks>A text that differs is left beside it as <c>NAME.received.txt</c>: look at it, then rename it.</remarks>
internal static class Snapshot
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "CoAgent.Tests", "Snapshots");

    public static void Matches(string name, string text)
    {
        var verified = Path.Combine(Folder, $"{name}.verified.txt");
        var received = Path.Combine(Folder, $"{name}.received.txt");
        var actual = text.TrimEnd('\n') + "\n";
        if (File.Exists(verified) && actual == File.ReadAllText(verified))
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Fail($"{name} is not as in {Path.GetFileName(verified)}; compare it with {Path.GetFileName(received)}.\n{actual}");
    }
}
