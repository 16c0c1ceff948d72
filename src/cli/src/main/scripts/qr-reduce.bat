@echo off
rem Starts qr-reduce from wherever this folder was put. JAVA_HOME, if set, says which Java.
setlocal
set JAVA=java
if defined JAVA_HOME set JAVA=%JAVA_HOME%\bin\java
"%JAVA%" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 %QR_REDUCE_OPTS% -cp "%~dp0..\lib\*" io.github.qrreduction.cli.QrReduce %*
exit /b %ERRORLEVEL%
