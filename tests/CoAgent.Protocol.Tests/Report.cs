namespace CoAgent.Protocol.Tests;

/// <summary>Tables that a test measures and people read: kept under <c>artifacts/reports</c>, printed by <c>.ci/run</c>.</summary>
internal static class Report
{
    public static string Root { get; } = FindRoot();

    public static void Write(string name, string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "reports"));
        File.WriteAllText(Path.Combine(folder.FullName, $"{name}.txt"), text);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CoAgent.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run below the repository's root.");
    }
}
