using CoAgent.Trials;

return await TrialsCommand.RunAsync(args);
