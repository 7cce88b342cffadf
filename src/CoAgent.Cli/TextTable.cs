namespace CoAgent.Cli;

/// <summary>A table for people.</summary>
internal static class TextTable
{
    public static void Print(string title, string[] header, IEnumerable<string[]> rows)
    {
        Console.WriteLine();
        string[][] all = [header, .. rows];
        if (all.Length == 1)
        {
            Console.WriteLine($"{title}: none");
            return;
        }

        var widths = header.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        Console.WriteLine(title);
        foreach (var row in all)
        {
            Console.WriteLine("  " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
