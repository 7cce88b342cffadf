using System.Text;
using CoAgent.Cli.Commands;

namespace CoAgent.Cli.Catalog;

/// <summary>A manifest as <c>coagent catalog show</c> prints it.</summary>
internal static class ShownToolText
{
    public static string Of(ShownToolReport report)
    {
        var text = new StringBuilder();
        text.Append($"{report.Tool.Profile}/{report.Tool.Tool}: {report.Tool.Trust}{(report.Tool.IsChanged ? " (changed since it was trusted)" : "")}, from {report.Tool.From}\n");
        text.Append($"file      {report.Tool.File}\n");
        text.Append($"made for  {(report.MadeFor.Length == 0 ? "no server yet" : report.MadeFor)}\n\n");
        text.Append(report.Manifest.ReplaceLineEndings("\n").TrimEnd()).Append('\n');
        foreach (var call in report.Calls)
        {
            text.Append($"\n{call.Name}: {call.Arguments.GetRawText().ReplaceLineEndings(" ")}\n");
            if (call.Unknown is { } why)
            {
                text.Append($"  unknown: {why}\n");
                continue;
            }

            Append(text, "reads ", call.Reads);
            Append(text, "writes", call.Writes);
            text.Append(call.Writes.IsEmpty ? "" : call.IsReversible ? "  can be taken back\n" : "  cannot be taken back\n");
        }

        return text.ToString().TrimEnd();
    }

    private static void Append(StringBuilder text, string title, IReadOnlyList<string> objects)
    {
        for (var index = 0; index < objects.Count; index++)
        {
            text.Append($"  {(index == 0 ? title : "      ")}  {objects[index]}\n");
        }
    }
}
