using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoAgent.ToolSmith.Survey;

/// <summary>What was seen, over restarts: how often each form was seen, and what became of it. No command and no value is kept.</summary>
/// <param name="path">The full path of the file.</param>
internal sealed class SurveyFile(string path)
{
    /// <summary>The longest file that is read, in bytes.</summary>
    internal const int BytesMax = 4 * 1024 * 1024;

    private const int Version = 1;
    private const string Unfinished = ".new";

    /// <summary>Reads what was written. What is none of ours counts as nothing seen: nothing depends on it.</summary>
    internal void ReadInto(CommandSurvey survey)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= BytesMax } || JsonNode.Parse(File.ReadAllText(path)) is not JsonObject root
                || root["version"]?.GetValue<int>() != Version || root["forms"] is not JsonObject forms)
            {
                return;
            }

            foreach (var (form, said) in forms)
            {
                survey.Recall(form, said?["seen"]?.GetValue<int>() ?? 0, said?["tool"]?.GetValue<string>());
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // It is counted anew.
        }
    }

    /// <summary>Writes it, whole.</summary>
    internal void Write(CommandSurvey survey)
    {
        var forms = new JsonObject();
        foreach (var form in survey.Forms)
        {
            var said = new JsonObject { ["seen"] = form.SeenCount };
            if (form.Tool is { } tool)
            {
                said["tool"] = tool;
            }

            forms[form.Form] = said;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path + Unfinished, new JsonObject { ["version"] = Version, ["forms"] = forms }.ToJsonString());
            File.Move(path + Unfinished, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What was seen is in memory; the next write may succeed.
        }
    }
}
