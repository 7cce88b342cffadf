namespace CoAgent.Trials.Support;

/// <summary>Tables that a test measures and people read: kept under <c>artifacts/reports</c>, printed by <c>.ci/run</c>.</summary>
internal static class Report
{
    public static void Write(string name, string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "reports"));
        File.WriteAllText(Path.Combine(folder.FullName, $"{name}.txt"), text);
    }
}
